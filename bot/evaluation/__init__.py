"""How good the answers are, measured on suites of questions. Knows nothing of store and channels."""

from bot.evaluation.report import Report, compare, run
from bot.evaluation.suites import Ask, Case, Suite, load_suite, load_suites, read_suite

__all__ = ["Ask", "Case", "Report", "Suite", "compare", "load_suite", "load_suites", "read_suite", "run"]
