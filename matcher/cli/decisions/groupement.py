"""Command `entremise groupement`: propose groups of suppliers that could together answer a lot of several sites or activities."""

from matcher.cli.frame.options import catalogue, command, contact_lookup, database_option
from matcher.cli.frame.outlet import Outlet, outlet_options
from matcher.cli.frame.question_options import question_options
from matcher.cli.need.match import filled_shelf
from matcher.clock import today
from matcher.decisions.contacts_table import contacts_table
from matcher.decisions.groupement.answer import GroupementQuestion, join_needs
from matcher.decisions.groupement.document import groupements_document, groupements_object


@command("groupement", epilog='entremise groupement --objet "Traiteur" --lieu Denain --lieu Maubeuge')
@question_options(GroupementQuestion)
@outlet_options("table", "json", "xlsx", file="groupements")
@database_option
def groupement_command(question: GroupementQuestion, outlet: Outlet, database: str | None) -> None:
    """Propose qui pourrait répondre ensemble à un lot.

    Le lot est de plusieurs sites ou activités ; dit aussi qui pourrait mener.
    """
    engine = catalogue(database)
    joint_need = join_needs(engine, filled_shelf(engine), question, today())
    outlet.send_document(
        groupements_document(joint_need),
        lambda: contacts_table({one.id: one.name for one in joint_need.establishments}, contact_lookup(engine)),
        json=lambda: groupements_object(joint_need),
    )
