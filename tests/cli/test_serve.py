from __future__ import annotations

import pytest

from store.session import SchemaError


@pytest.mark.parametrize("host", ["0.0.0.0", "10.1.2.3", "::", "example.com"])
def test_a_host_that_others_reach_is_refused_without_a_key(run, host):
    result = run("serve", "--host", host)

    assert result.exit_code == 2
    assert "no key has been made" in result.output
    assert host in result.output


def test_a_database_without_tables_is_named_before_the_server_starts(run, home):
    assert isinstance(run("serve").exception, SchemaError)
