"""What a change of rules does: which rules differ and how, who would have been told what else."""
