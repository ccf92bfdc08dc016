"""yongsan-bot: answers residents of Yongsan-gu from what the office has published."""

__version__ = "0.1.0"
