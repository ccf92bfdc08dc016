"""The report as one page for a browser: plots, figures, and every failure with its evidence. Needs the extra `report`."""

from bot.evaluation.page.render import Words
from bot.evaluation.page.write import check_page, write_page

__all__ = ["Words", "check_page", "write_page"]
