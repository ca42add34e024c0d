"""The embedded documents engine does what plain mongomock does, whatever is asked of it."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any
from unittest import mock

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.state.documents_oracle import Oracle, check_indexes, contents, new_engine, outcome
from tests.state.documents_programs import DOCUMENTS, INDEXES, PROGRAMS
from tuco_mock.state.embedded.documents import entries

if TYPE_CHECKING:
    from tests.state.documents_programs import Document, Operation

READS = {"find", "find_one", "count_documents", "distinct", "aggregate"}


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(INDEXES, max_size=5), st.lists(DOCUMENTS, max_size=12), PROGRAMS)
def test_every_operation_does_what_mongomock_does(
    indexes: list[Any], documents: list[Document], program: list[Operation]
) -> None:
    engine, oracle = new_engine(), Oracle()
    starts: list[Operation] = [("create_index", (keys,), {}) for keys in indexes]
    starts += [("insert_one", (document,), {}) for document in documents]
    with ExitStack() as small_chunks:
        small_chunks.enter_context(mock.patch.object(entries, "LOAD", 4))
        small_chunks.enter_context(mock.patch.object(entries, "_PIECE", 3))
        for operation in starts + program:
            assert outcome(engine, operation) == outcome(oracle, operation), operation
            if operation[0] not in READS:
                assert contents(engine) == contents(oracle), operation
                check_indexes(engine)
