"""Every floor's tables, named to the metadata: for the commands that copy a whole catalogue, or look for a value in all of it."""

import matcher.accounts.tables
import matcher.catalogue.store.calibration
import matcher.catalogue.store.column_mappings
import matcher.catalogue.store.recognition
import matcher.catalogue.store.tables
import matcher.catalogue.store.websites
import matcher.club.meeting_day.tables
import matcher.decisions.clause.facilitators
import matcher.decisions.interlocutors
import matcher.decisions.purchases.families.corrections
import matcher.decisions.purchases.past_suppliers
import matcher.dossiers.asking.tables
import matcher.dossiers.tables
import matcher.jobs.tables
import matcher.mail.tables
import matcher.notices.tables
import matcher.notices.watching.tables  # noqa: F401  # names its tables
