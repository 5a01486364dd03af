"""Reference statistics: IDMC and UNHCR tables kept apart, cited, in force at once; a corrected table replaces them."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.personas import Personas
from waystation.apps.reference.datasets.reading import take_reference
from waystation.apps.reference.datasets.tables import statistics
from waystation.apps.reference.models import Edition
from waystation.kernel.acts import do
from waystation.kernel.datasets import Terms, path_of
from waystation.kernel.models import Partition
from waystation.kernel.refusals import Refused
from waystation.kernel.register import find_register

IDMC = Terms("IDMC", "CC BY 3.0 IGO", "Internal Displacement Monitoring Centre", may_republish=True)
UNHCR = Terms("UNHCR", "CC BY 4.0", "UNHCR Refugee Population Statistics", may_republish=True)
HEADERS = "geo,t,cause,sex,age,n\n"


def asked(partition: Partition, what: str, where: str) -> object:
    """One value out of a partition."""
    query = duckdb.sql("SELECT " + what + " FROM read_parquet(?) WHERE " + where, params=[str(path_of(partition))])
    return query.fetchall()[0][0]


def in_force() -> Partition:
    """The one partition in force."""
    return statistics.in_force().get()


def write(folder: Path, text: str, name: str = "stocks.csv") -> Path:
    """A file with a text."""
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_idmc_with_its_hxl_row(personas: Personas, shared_data: Path) -> None:
    path = shared_data / "displacement" / "idmc_idps_country_year_hxl.csv"
    with personas.asking(personas.amina):
        taken = take_reference([path], edition="2022", terms=IDMC, office=personas.dakar)
        assert (taken.ref, taken.first_year, taken.last_year) == ("REF-IDMC-2022", 2008, 2021)
        stock = "country = 'AFG' AND year = 2019 AND measure = 'idps_stock' AND cause = 'conflict'"
        assert asked(in_force(), "value", stock) == 2_993_000
        assert asked(in_force(), "value_exact", stock) == 2_993_384
        assert asked(in_force(), "count(*)", "value IS NULL") == 0
        edition = Edition.objects.get()
    assert edition.measures == ["idps_stock", "new_displacement"]
    assert edition.attribution == IDMC.attribution


def test_two_idmc_tables_make_one_edition(personas: Personas, shared_data: Path) -> None:
    folder = shared_data / "displacement"
    paths = [folder / "idmc_flows_country_year.csv.gz", folder / "idmc_stocks_country_year_sex_age.csv.gz"]
    with personas.asking(personas.amina):
        taken = take_reference(paths, edition="2025", terms=IDMC, office=personas.dakar)
        assert taken.rows == 4071 + 12682
        assert asked(in_force(), "count(DISTINCT origin)", "true") == 2
        assert asked(in_force(), "count(DISTINCT hazard)", "cause = 'disaster'") == 10
        # the parts by sex and age give the published stock back
        afghans = "country = 'AFG' AND year = 2019 AND cause = 'conflict' AND measure = 'idps_stock'"
        assert asked(in_force(), "sum(value)", afghans) == 2_993_384


def test_unhcr_population_and_idmc_totals(personas: Personas, shared_data: Path) -> None:
    path = shared_data / "displacement" / "unhcr" / "idmc.csv"
    with personas.asking(personas.amina):
        take_reference([path], edition="2025.12", terms=UNHCR, office=personas.dakar, measure="idps_stock")
        assert asked(in_force(), "value", "country = 'AFG' AND year = 2019") == 2_993_000
        assert asked(in_force(), "count(*)", "country = 'UNK'") > 0  # unknown is a value with a name


def test_values_a_source_corrected_replace_the_others_from_now_on(personas: Personas, tmp_path: Path) -> None:
    with personas.asking(personas.amina):
        first = write(tmp_path, HEADERS + "AAA,2020,conflict,male,0-4,5\nAAA,2020,conflict,female,0-4,7\n")
        take_reference([first], edition="1", terms=IDMC, office=personas.dakar)
        before = in_force()
        second = write(tmp_path, HEADERS + "AAA,2020,conflict,male,0-4,6\nAAA,2020,conflict,female,0-4,7\n")
        taken = take_reference([second], edition="1", terms=IDMC, office=personas.dakar)
        assert taken.version == 2
        assert asked(in_force(), "sum(value)", "true") == 13
        before.refresh_from_db()
        assert before.in_force_until is not None
        assert asked(in_force(), "min(edition_record)", "true") == Edition.objects.get().pk


def test_the_same_values_twice_change_nothing(personas: Personas, tmp_path: Path) -> None:
    with personas.asking(personas.amina):
        path = write(tmp_path, HEADERS + "AAA,2020,conflict,male,0-4,5\n")
        take_reference([path], edition="1", terms=IDMC, office=personas.dakar)
        with pytest.raises(Refused) as refused:
            take_reference([path], edition="1", terms=IDMC, office=personas.dakar)
        assert refused.value.code == "reference.same_edition"
        assert Partition.objects.count() == 1


@pytest.mark.parametrize(
    "text, code",
    [
        (HEADERS + "AAA,2020,conflict,male,0-4,many\n", "intake.not_a_number"),
        (HEADERS + "AAA,2020,conflict,male,0-4,-4\n", "intake.below_minimum"),
        ("a,b,c\n1,2,3\n2,3,4\n", "reference.no_such_table"),
    ],
)
def test_a_table_that_cannot_be_read_changes_nothing(personas: Personas, tmp_path: Path, text: str, code: str) -> None:
    with personas.asking(personas.amina):
        with pytest.raises(Refused) as refused:
            take_reference([write(tmp_path, text)], edition="1", terms=IDMC, office=personas.dakar)
        assert refused.value.code == code
        assert refused.value.problems[0].file == "stocks.csv"
        assert not Edition.objects.exists()


def test_an_edition_without_a_number_is_none(personas: Personas, tmp_path: Path) -> None:
    path = write(tmp_path, HEADERS + "AAA,2020,conflict,male,0-4,\nAAA,2021,conflict,male,0-4,\n")
    with personas.asking(personas.amina), pytest.raises(Refused) as refused:
        take_reference([path], edition="1", terms=IDMC, office=personas.dakar)
    assert refused.value.code == "reference.no_rows"


def test_nothing_is_cited_without_a_credit_line(personas: Personas, tmp_path: Path) -> None:
    path = write(tmp_path, HEADERS + "AAA,2020,conflict,male,0-4,5\n")
    with personas.asking(personas.amina), pytest.raises(Refused) as refused:
        take_reference([path], edition="1", terms=Terms("IDMC", "CC BY"), office=personas.dakar)
    assert refused.value.code == "reference.cite_it"


def test_who_does_not_run_tracking_takes_nothing_in(personas: Personas, tmp_path: Path) -> None:
    path = write(tmp_path, HEADERS + "AAA,2020,conflict,male,0-4,5\n")
    with personas.asking(personas.daniel), pytest.raises(Refused) as refused:
        take_reference([path], edition="1", terms=IDMC, office=personas.nairobi)
    assert refused.value.code == "kernel.not_allowed"


def test_a_withdrawn_edition_is_cited_no_more(personas: Personas, tmp_path: Path) -> None:
    withdraw = find_register("reference.editions").act("withdraw")
    with personas.asking(personas.amina):
        path = write(tmp_path, HEADERS + "AAA,2020,conflict,male,0-4,5\n")
        take_reference([path], edition="1", terms=IDMC, office=personas.dakar)
        do(withdraw, Edition.objects.get(), why="the source took it back")
        assert not statistics.in_force().exists()
    with personas.asking(None):
        assert Edition.objects.get().state == "withdrawn"
