"""How a Reply is shown, and how messages come in: one file per channel. Channels share session and explain, and nothing else."""
