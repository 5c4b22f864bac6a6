"""All that is kept of a supplier above the catalogue, and goes with it when it leaves: for the doors that serve `opt_out`."""

from collections.abc import Sequence

from matcher.catalogue.steward.privacy import Leaving
from matcher.club.meeting_day.privacy import leave_events
from matcher.decisions.purchases.past_suppliers import leave_past_suppliers
from matcher.dossiers.privacy import leave_dossiers
from matcher.notices.privacy import leave_lots
from matcher.notices.watching.watches import leave_watches

LEAVING: Sequence[Leaving] = (leave_past_suppliers, leave_dossiers, leave_lots, leave_watches, leave_events)
