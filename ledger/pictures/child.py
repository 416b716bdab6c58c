"""Opens one file, in a process that may not take much. Run by opening.py; knows nothing of the product.

python child.py preview|jpeg|text < file > result. Whatever a decoder throws at a broken file ends it.
"""

import io
import resource
import sys
from typing import Any

MEMORY = 1024 * 1024 * 1024
SECONDS = 10
WRITTEN = 64 * 1024 * 1024
# A phone's largest photo has 200 million; a page scanned at 600 dpi has 35.
MOST_PIXELS = 100_000_000
PREVIEW, PHOTO = (900, 1200), (4096, 4096)
PAGES, TEXT = 5, 20_000
QUALITY = 85


def main() -> None:
    limits = {resource.RLIMIT_AS: MEMORY, resource.RLIMIT_CPU: SECONDS, resource.RLIMIT_FSIZE: WRITTEN}
    for limit, value in limits.items():
        resource.setrlimit(limit, (value, value))
    sys.stdout.buffer.write(DEEDS[sys.argv[1]](sys.stdin.buffer.read()))


def preview(content: bytes) -> bytes:
    picture = _page(content) if content[:1024].find(b"%PDF-") >= 0 else _picture(content)
    picture.thumbnail(PREVIEW)
    return _jpeg(picture)


def jpeg(content: bytes) -> bytes:
    picture = _picture(content)
    picture.thumbnail(PHOTO)
    return _jpeg(picture)


def text(content: bytes) -> bytes:
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    parts = [document[number].get_textpage().get_text_bounded() for number in range(min(PAGES, len(document)))]
    return "\n".join(parts)[:TEXT].encode("utf-8", "replace")


def _page(content: bytes) -> Any:
    import pypdfium2

    page = pypdfium2.PdfDocument(content)[0]
    width, height = page.get_size()
    return page.render(scale=min(PREVIEW[0] / width, PREVIEW[1] / height)).to_pil()


def _picture(content: bytes) -> Any:
    import pillow_heif
    from PIL import Image, ImageOps

    pillow_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None
    picture = Image.open(io.BytesIO(content))
    if picture.width * picture.height > MOST_PIXELS:
        raise ValueError("too many pixels")
    # As the camera was held.
    return ImageOps.exif_transpose(picture)


def _jpeg(picture: Any) -> bytes:
    """On white, without what the camera wrote beside it: where it was taken is nobody's business."""
    from PIL import Image

    if picture.mode in ("RGBA", "LA", "P"):
        ground = Image.new("RGB", picture.size, "white")
        picture = picture.convert("RGBA")
        ground.paste(picture, mask=picture.getchannel("A"))
        picture = ground
    written = io.BytesIO()
    picture.convert("RGB").save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()


DEEDS = {"preview": preview, "jpeg": jpeg, "text": text}

if __name__ == "__main__":
    main()
