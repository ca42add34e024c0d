"""The embedded documents engine does what plain mongomock does, whatever is asked of it."""

from __future__ import annotations

from contextlib import ExitStack
from unittest import mock

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.state.documents_oracle import Oracle, check_indexes, contents, new_engine, outcome
from tests.state.documents_programs import program_of
from tuco_mock.state.embedded.documents import entries

READS = {"find", "find_one", "count_documents", "distinct", "aggregate"}
SEEDS = st.integers(0, 2**32)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    indexes=st.lists(SEEDS, max_size=8),
    documents=st.lists(SEEDS, min_size=12, max_size=40),
    operations=st.lists(SEEDS, min_size=30, max_size=80),
)
def test_every_operation_does_what_mongomock_does(
    indexes: list[int], documents: list[int], operations: list[int]
) -> None:
    engine, oracle = new_engine(), Oracle()
    with ExitStack() as small_chunks:
        small_chunks.enter_context(mock.patch.object(entries, "LOAD", 4))
        small_chunks.enter_context(mock.patch.object(entries, "_PIECE", 3))
        for operation in program_of(indexes, documents, operations):
            assert outcome(engine, operation) == outcome(oracle, operation), operation
            if operation[0] not in READS:
                assert contents(engine) == contents(oracle), operation
                check_indexes(engine)
