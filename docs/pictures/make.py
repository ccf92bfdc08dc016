"""Makes the pictures of the staff guide: `make pictures`, or `python docs/pictures/make.py [PLAY …]`.

Plays every play (tests/pictures/plays.py) with the running bot, draws what the chats show as a web page (window.html.jinja), and takes its
picture with Chrome or Chromium: the machine's own, else the one that `playwright install chromium` brings. Needed besides: a Korean font
(Debian: chromium fonts-noto-cjk).
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "channels" / "telegram")]

from pictures.plays import PLAYS  # noqa: E402
from pictures.recording import Picture  # noqa: E402
from stamp import stamp  # noqa: E402

WIDTH, SCALE = 600, 2  # pixels of the page; of the picture for each of them
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@contextmanager
def browser() -> Iterator[Any]:
    """A page that can be photographed."""
    from playwright.sync_api import sync_playwright

    own = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=own, args=["--font-render-hinting=none", "--disable-lcd-text"])
        yield opened.new_page(viewport={"width": WIDTH, "height": 400}, device_scale_factor=SCALE)
        opened.close()


def draw(page: Any, picture: Picture) -> bytes:
    """The picture as PNG."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    templates = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    page.set_content(templates.get_template("window.html.jinja").render(picture=picture))
    page.evaluate("document.fonts.ready")
    return stamp(_small(page.locator("#window").screenshot(type="png", omit_background=True)), picture.transcript())


def _small(image: bytes) -> bytes:
    """The PNG with 256 colours, which is a third of its size and looks alike."""
    from PIL import Image

    into = io.BytesIO()
    with Image.open(io.BytesIO(image)) as whole:
        whole.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(into, "PNG", optimize=True)
    return into.getvalue()


def main(names: list[str]) -> None:
    whole = not names
    with browser() as page:
        made = set()
        for name in names or PLAYS:
            with tempfile.TemporaryDirectory() as folder:
                for picture in PLAYS[name].perform(Path(folder)).values():
                    image = draw(page, picture)
                    (FOLDER / f"{picture.name}.md").write_text(picture.transcript(), encoding="utf-8")
                    (FOLDER / f"{picture.name}.png").write_bytes(image)
                    made.add(picture.name)
                    print(f"{picture.name}: {len(image) / 1000:.0f} kB")
    for path in [*FOLDER.glob("*.png"), *FOLDER.glob("*.md")]:
        if whole and path.stem not in made:
            path.unlink()


if __name__ == "__main__":
    main(sys.argv[1:])
