"""Page Flow: the picture of what is deployed, with what is in it and goes through it."""

from mailroom.console.flow_model import DATABASE, FlowModel
from mailroom.console.going import Going
from mailroom.console.graphs.flow import NodeState, draw_flow
from mailroom.console.page import Document, Page, Visit
from mailroom.console.pages.queue_pages import total
from mailroom.console.rendering import spaced
from mailroom.workflow.ingested import count_ingested
from mailroom.workflow.queues import QueueState


def flow(visit: Visit) -> Document:
    """Nodes and edges, with the state of each queue and what goes along each edge."""
    environment = visit.environment
    model = visit.console.flows.of(environment)
    queues = visit.console.measurements.now(environment).queues
    going = visit.console.counts.of(environment, model)
    database = environment.message_database
    rows = sum(count_ingested(database).values()) if database else None
    states = {id: _state(model, id, queues.get(id), rows) for id in model.nodes}
    return {
        "dead": [
            {"name": id, "count": total(queues[id])}
            for id, node in model.nodes.items()
            if node.kind == "dead-letter-queue" and id in queues and total(queues[id])
        ],
        "nodes": [
            {"id": id, "kind": node.kind, "state": states[id].text, "status": states[id].status}
            for id, node in model.nodes.items()
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


def _state(model: FlowModel, id: str, queue: QueueState | None, rows: int | None) -> NodeState:
    if id == DATABASE and rows is not None:
        return NodeState(f"{spaced(rows)} rows")
    if queue is None:
        return NodeState()
    text = f"{spaced(queue.depth)} waiting · {spaced(queue.in_flight)} in flight"
    if not total(queue):
        return NodeState("empty")
    return NodeState(text, "bad" if model.nodes[id].kind == "dead-letter-queue" else "busy")


def _text(going: Going) -> str:
    """`194 · 12/s`; empty when nothing went along the edge."""
    rate = f" · {going.rate:.0f}/s" if going.rate >= 1 else ""
    return f"{spaced(going.count)}{rate}" if going.count else ""


PAGES = [Page("/flow", "flow.html", flow, live=True)]
