"""`python -m bot` is `yongsan-bot`."""

from bot.cli import main

if __name__ == "__main__":
    main()
