"""Exception alerting: rules and figures in, findings and notices out."""
