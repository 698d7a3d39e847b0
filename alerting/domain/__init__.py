"""The words of the trade as values: periods, measures, areas, panels, findings, alerts and notices. Pure: no I/O, no clock."""
