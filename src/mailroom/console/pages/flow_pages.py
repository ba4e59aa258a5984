"""Page Flow: the picture of what is deployed, with what is in it and goes through it."""

from typing import Literal

from mailroom.console.flow_model import DATABASE, FlowModel
from mailroom.console.going import Going
from mailroom.console.graphs.flow import NodeState, draw_flow
from mailroom.console.graphs.timeline import duration
from mailroom.console.page import Document, Page, Visit
from mailroom.console.pages.queue_pages import total
from mailroom.console.rendering import spaced
from mailroom.console.stored import stored
from mailroom.workflow.ingested import count_ingested
from mailroom.workflow.queues import QueueState


def flow(visit: Visit) -> Document:
    """Nodes and edges, with the state of each queue and what goes along each edge."""
    environment = visit.environment
    model = visit.console.flows.of(environment)
    queues = visit.console.measurements.now(environment).queues
    going = visit.console.counts.of(environment, model)
    rows, trouble = stored(environment, count_ingested)
    states = {id: _state(model, id, queues.get(id)) for id in model.nodes}
    if DATABASE in model.nodes and rows is not None:
        states[DATABASE] = NodeState(f"{spaced(sum(rows.values()))} rows")
    elif DATABASE in model.nodes and environment.message_database:
        states[DATABASE] = NodeState("doesn't answer", "bad")
    return {
        "trouble": trouble if environment.message_database else "",
        "dead": [
            {"name": id, "count": total(queues[id])}
            for id, node in model.nodes.items()
            if node.kind == "dead-letter-queue" and id in queues and total(queues[id])
        ],
        "nodes": [
            {"id": id, "kind": node.kind, **vars(states[id])} for id, node in model.nodes.items()
        ],
        "edges": [
            {
                "from": edge.source,
                "to": edge.target,
                "label": edge.label,
                "count": going[edge.id].count if edge.id in going else None,
                "perSecond": round(going[edge.id].rate, 1) if edge.id in going else None,
            }
            for edge in model.edges
        ],
        "_picture": draw_flow(
            model.nodes.values(),
            model.edges,
            states,
            {id: _text(one) for id, one in going.items()},
            {id: f"/flow/{id}" for id in model.nodes},
        ),
    }


def _state(model: FlowModel, id: str, queue: QueueState | None) -> NodeState:
    if queue is None:
        return NodeState()
    text = f"{spaced(queue.depth)} waiting · {spaced(queue.in_flight)} in flight"
    if not total(queue):
        return NodeState("empty")
    status: Literal["bad", "busy"]
    status = "bad" if model.nodes[id].kind == "dead-letter-queue" else "busy"
    # Whole seconds: the page is sent again when its text is another one.
    age = "" if queue.oldest_age is None else f"oldest {duration(int(queue.oldest_age))}"
    return NodeState(text, status, age)


def _text(going: Going) -> str:
    """`194 · 12/s`; empty when nothing went along the edge."""
    rate = f" · {going.rate:.0f}/s" if going.rate >= 1 else ""
    return f"{spaced(going.count)}{rate}" if going.count else ""


PAGES = [Page("/flow", "flow.html", flow, live=True)]
