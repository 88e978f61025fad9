"""Which orders a filter admits, and which filters cannot be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders import an_order
from orderwarden.domain.order_filter import OrderFilter
