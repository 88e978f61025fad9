"""The checks beside the tests explain themselves when they fail, too."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("system.processes", "system.shop", "system.stories")
