"""Bytes become text and lines, whatever program wrote them and wherever the stream is cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.imports.encodings import Encoding, decoded, detect_encoding
from ledger.imports.lines import blocks, lines
from tests.unit.csv_files import pieces

ASCII = b"date,merchant\n" * 1000
# What tears a reader of lines: every line end, both halves of each, letters of several bytes, and bytes that are none.
TROUBLE = st.lists(
    st.sampled_from([b"a", b",", b'"', b"'", b"\r", b"\n", b"\r\n", "é".encode(), "€".encode(), "😀".encode(), b"\xe9"])
).map(b"".join)
CUTS = st.lists(st.integers(0, 60))


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (b"plain", Encoding.UTF_8),
        ("café".encode(), Encoding.UTF_8),
        ("café".encode("utf-8-sig"), Encoding.UTF_8),
        ("café".encode("utf-16"), Encoding.UTF_16_LE),
        (b"\xfe\xff" + "café".encode("utf-16-be"), Encoding.UTF_16_BE),
        ("café".encode("cp1252"), Encoding.CP1252),
        ("café à la crème, 5 €".encode("cp1252"), Encoding.CP1252),
        (ASCII + "café".encode("cp1252"), Encoding.CP1252),
        (ASCII + "café".encode(), Encoding.UTF_8),
        # Ends in the middle of a letter.
        ("café crème".encode() + b"\xe2\x82", Encoding.UTF_8),
        ("É\u00a0» É\u00a0» café à côté".encode("cp1252"), Encoding.CP1252),
        ("één twéé drié".encode() + b"caf\xe9", Encoding.UTF_8),
    ],
)
def test_the_encoding_is_decided_by_the_whole_stream(raw: bytes, encoding: Encoding) -> None:
    assert detect_encoding([raw]) == encoding


@given(cut=st.integers(0, len("née, crème, café".encode())))
def test_a_letter_that_is_cut_in_two_is_still_one(cut: int) -> None:
    assert detect_encoding(pieces("née, crème, café".encode(), [cut])) == Encoding.UTF_8


@pytest.mark.parametrize(
    ("raw", "encoding", "text"),
    [
        (b"caf\xe9 \x80 5", Encoding.CP1252, "café € 5"),
        (b"caf\xe9 \x80 5", Encoding.UTF_8, "café € 5"),
        ("één ".encode() + b"caf\xe9", Encoding.UTF_8, "één café"),
        (b"\x81\x8d", Encoding.CP1252, "\x81\x8d"),
        (b"\xe2\x82", Encoding.UTF_8, "â‚"),
    ],
)
def test_no_byte_stops_the_reading(raw: bytes, encoding: Encoding, text: str) -> None:
    assert decoded(raw, encoding) == text


@pytest.mark.parametrize("encoding", [Encoding.UTF_8, Encoding.UTF_16_LE, Encoding.UTF_16_BE])
def test_all_line_ends_are_seen_and_all_bytes_counted(encoding: Encoding) -> None:
    # Neither the vertical tab nor the line separators of Unicode end a line.
    parts = ["a\n", "é\r\n", "😀\r", "\r\n", "b\x0b\x85\u2028c"]
    found = [*lines(["".join(parts).encode(encoding)], encoding)]
    assert found == [(part, len(part.encode(encoding))) for part in parts]


def test_half_letters_of_utf_16_are_replaced_and_still_counted() -> None:
    raw = "a\ud800b\nc".encode("utf-16-le", "surrogatepass") + b"\x41"
    assert [*lines([raw], Encoding.UTF_16_LE)] == [("a\ufffdb\n", 8), ("c\ufffd", 4)]


@given(raw=TROUBLE, cuts=CUTS, encoding=st.sampled_from([Encoding.UTF_8, Encoding.CP1252]))
def test_lines_are_the_same_wherever_the_stream_is_cut(raw: bytes, cuts: list[int], encoding: Encoding) -> None:
    found = [*lines(pieces(raw, cuts), encoding)]
    assert found == [*lines([raw], encoding)]
    assert sum(size for _, size in found) == len(raw)


@given(
    text=st.text(st.sampled_from("ab\r\né€😀")),
    cuts=CUTS,
    encoding=st.sampled_from([Encoding.UTF_16_LE, Encoding.UTF_16_BE]),
)
def test_wide_lines_are_the_same_wherever_the_stream_is_cut(text: str, cuts: list[int], encoding: Encoding) -> None:
    raw = text.encode(encoding)
    found = [*lines(pieces(raw, cuts), encoding)]
    assert "".join(line for line, _ in found) == text
    assert found == [*lines([raw], encoding)]
    assert sum(size for _, size in found) == len(raw)


@given(raw=st.binary(max_size=200), cuts=st.lists(st.integers(0, 200)), size=st.integers(1, 50))
def test_blocks_are_of_one_size_and_lose_nothing(raw: bytes, cuts: list[int], size: int) -> None:
    found = [*blocks(pieces(raw, cuts), size)]
    assert b"".join(found) == raw
    assert all(len(block) == size for block in found[:-1])
