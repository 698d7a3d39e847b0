"""How a file of exported figures differs from any other table: what is noted in it, and the marks that no number can carry."""

#: In the file's own notes: that it was exported, and in which form.
EXPORT_KEY, EXPORT_FORM = "alerting-figures", "1"
#: Columns of flags: the source withholds the figure; it was refused when it was read.
WITHHELD, REFUSED = "withheld", "refused"
