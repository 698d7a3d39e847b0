"""From rules and panels to findings: rules in groups, groups in blocks, words for what is asked for."""
