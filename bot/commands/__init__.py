"""What the command line does: one file per command, called by bot/cli.py. Only here and in cli is anything printed."""
