"""Excel workbooks (.xlsx, .xlsm): a zip of XML, opened with suspicion and never unpacked to disk."""

from __future__ import annotations

import re
import zipfile
from array import array
from collections.abc import Callable, Generator
from contextlib import closing
from posixpath import join, normpath

from waystation.intake import archives, worksheet
from waystation.intake.cells import Line, column_number
from waystation.intake.content import Content, Kind
from waystation.intake.delimited import Sheet
from waystation.intake.refusals import refuse
from waystation.intake.xml import Attributes, local, parse_all

_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(50, 59)}
_NOT_A_MARK = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_DIMENSION = re.compile(rb'<(?:\w+:)?dimension\s[^>]*?ref="(?:[A-Z]+\d+:)?([A-Z]+)(\d+)"')
_WORKBOOK = re.compile(r"(^|/)xl/workbook\.xml$", re.IGNORECASE)


def shows_date(form: str) -> bool:
    """Whether a number format shows a date (elapsed hours such as [h]:mm do not)."""
    if re.search(r"\[[hms]+\]", form.lower()):
        return False
    first = _NOT_A_MARK.sub("", form.split(";")[0]).lower()
    return "general" not in first and re.search(r"[yd]|m(?!.*[0#])", first) is not None


class Workbook:
    """A workbook; only its distinct texts are held in memory."""

    kind: Kind = "xlsx"
    encoding = "utf-8"

    def __init__(self, content: Content) -> None:
        self.content = content
        with archives.opened(self.content) as archive:
            self._no_password(archive)
            home = self._home(archive)
            self._read_index(archive, home)
            self.book = worksheet.Book(
                strings=self._strings(archive),
                dates=self._date_styles(archive),
                epoch=self.epoch,
                file=content.name,
                limits=content.limits,
            )
        self._surveys: dict[str, tuple[list[worksheet.Merge], int]] = {}

    def _no_password(self, archive: zipfile.ZipFile) -> None:
        if any(entry.flag_bits & 1 for entry in archive.infolist()):
            refuse("old_workbook", file=self.content.name)

    def _home(self, archive: zipfile.ZipFile) -> str:
        names = [n for n in archive.namelist() if _WORKBOOK.search(n)]
        if not names:
            what = "a zip archive"
            if any(n.lower().endswith("xl/workbook.bin") for n in archive.namelist()):
                what = "a binary Excel workbook (.xlsb)"
            elif "content.xml" in archive.namelist():
                what = "an OpenDocument file"
            elif any(n.startswith("word/") for n in archive.namelist()):
                what = "a Word document"
            refuse("not_a_table", file=self.content.name, what=what)
        return names[0]

    def _parse(
        self,
        archive: zipfile.ZipFile,
        part: str,
        start: Callable[[str, Attributes], None],
        end: Callable[[str], None] = lambda name: None,
        text: Callable[[str], None] = lambda data: None,
    ) -> bool:
        """Parse one part; False when the archive has none of that name."""
        if part not in archive.namelist():
            return False
        with archives.member(archive, part, self.content.name) as stream:
            parse_all(stream, start, end, text, file=self.content.name, part=part)
        return True

    def _read_index(self, archive: zipfile.ZipFile, home: str) -> None:
        """The sheets in order with the part each stands in, and the day that is 0."""
        folder = home[: -len("workbook.xml")]
        targets: dict[str, str] = {}
        listed: list[tuple[str, str, bool]] = []
        self.epoch = worksheet.EPOCH_1900

        def relation(name: str, a: Attributes) -> None:
            if local(name) == "Relationship" and a.get("TargetMode") != "External":
                target = a.get("Target", "")
                part = target.lstrip("/") if target.startswith("/") else normpath(join(folder, target))
                targets[a.get("Id", "")] = self._kinds[a.get("Type", "").rpartition("/")[2]] = part

        def sheet(name: str, a: Attributes) -> None:
            if local(name) == "sheet":
                relation_id = next((v for k, v in a.items() if local(k) == "id"), "")
                listed.append((a.get("name", ""), relation_id, a.get("state", "visible") != "visible"))
            elif local(name) == "workbookPr" and a.get("date1904") in ("1", "true", "on"):
                self.epoch = worksheet.EPOCH_1904

        self._kinds: dict[str, str] = {}
        self._parse(archive, f"{folder}_rels/workbook.xml.rels", relation)
        self._parse(archive, home, sheet)
        known = set(archive.namelist())
        self._sheets = [
            (name, targets[rel], hidden)
            for name, rel, hidden in listed
            if targets.get(rel) in known and "chartsheet" not in targets[rel]
        ]
        if not self._sheets:
            refuse("damaged", file=self.content.name, detail="no sheets")

    def _strings(self, archive: zipfile.ZipFile) -> list[str]:
        strings: list[str] = []
        piece: list[str] = []
        state = {"phonetic": False, "text": False}

        def start(name: str, _: Attributes) -> None:
            name = local(name)
            if name == "si":
                piece.clear()
            elif name == "rPh":
                state["phonetic"] = True
            elif name == "t":
                state["text"] = not state["phonetic"]

        def end(name: str) -> None:
            name = local(name)
            if name == "si":
                strings.append(worksheet.unescaped("".join(piece)))
            elif name == "rPh":
                state["phonetic"] = False
            elif name == "t":
                state["text"] = False

        def text(data: str) -> None:
            if state["text"]:
                piece.append(data)

        part = self._kinds.get("sharedStrings")
        if part:
            self._parse(archive, part, start, end, text)
        return strings

    def _date_styles(self, archive: zipfile.ZipFile) -> frozenset[str]:
        """The numbers of the cell styles that show dates."""
        formats: dict[int, str] = {}
        styles = array("i")
        state = {"in": False}

        def start(name: str, a: Attributes) -> None:
            name = local(name)
            if name == "numFmt":
                formats[int(a.get("numFmtId", 0))] = a.get("formatCode", "")
            elif name == "cellXfs":
                state["in"] = True
            elif name == "xf" and state["in"]:
                styles.append(int(a.get("numFmtId", 0)))

        def end(name: str) -> None:
            if local(name) == "cellXfs":
                state["in"] = False

        part = self._kinds.get("styles")
        if part:
            self._parse(archive, part, start, end)
        return frozenset(
            str(i) for i, f in enumerate(styles) if (shows_date(formats[f]) if f in formats else f in _DATE_FORMATS)
        )

    def sheets(self) -> list[Sheet]:
        """Every worksheet, hidden ones too, with the size the file declares (which can be wrong or missing)."""
        found = []
        with archives.opened(self.content) as archive:
            for name, part, hidden in self._sheets:
                with archives.member(archive, part, self.content.name) as stream:
                    size = _DIMENSION.search(stream.read(8192))
                rows, columns = (int(size[2]), column_number(size[1].decode()) + 1) if size else (None, None)
                found.append(Sheet(name, rows, columns, hidden, self._survey(archive, part)[1]))
        return found

    def _survey(self, archive: zipfile.ZipFile, part: str) -> tuple[list[worksheet.Merge], int]:
        """The merged areas of a sheet and about how many cells hold something; looked for once."""
        if part not in self._surveys:
            with archives.member(archive, part, self.content.name) as stream:
                self._surveys[part] = worksheet.survey(stream)
        return self._surveys[part]

    def part(self, sheet: str | None) -> str:
        """The part of a sheet. Refuses a name the workbook does not have."""
        parts = {name: part for name, part, _hidden in reversed(self._sheets)}
        if sheet and sheet not in parts:
            refuse("no_sheet", file=self.content.name, wanted=sheet, sheets=", ".join(n for n, _p, _h in self._sheets))
        return parts[sheet] if sheet else self._sheets[0][1]

    def lines(self, sheet: str | None = None) -> Generator[Line, None, None]:
        """Yield (row, cells) of a sheet, merged cells filled."""
        part = self.part(sheet)
        with archives.opened(self.content) as archive:
            areas, _held = self._survey(archive, part)
            with (
                archives.member(archive, part, self.content.name) as stream,
                closing(worksheet.lines(stream, self.book, part)) as rows,
            ):
                yield from worksheet.filled(rows, areas) if areas else rows

    def cut(self) -> bool:
        """Never: a zip that breaks off cannot be opened."""
        return False
