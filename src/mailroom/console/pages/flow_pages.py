"""Page Flow: the picture of what is deployed, with what is in it and goes through it."""

from typing import Any

from mailroom.console.flow_model import FlowModel
from mailroom.console.flow_picture import HEIGHT, WIDTH, picture
from mailroom.console.page import Document, Page, Visit
from mailroom.console.pages.queue_pages import total


def flow(visit: Visit) -> Document:
    """Nodes and edges, with the state of each queue; dead letters first."""
    environment = visit.environment
    model = visit.console.flows.of(environment)
    measurement = visit.console.measurements.now(environment)
    drawn = picture(model)
    queues = measurement.queues
    dead = [
        {"name": id, "count": total(queues[id])}
        for id, node in model.nodes.items()
        if node.kind == "dead-letter-queue" and id in queues and total(queues[id])
    ]
    return {
        "picture": {"width": drawn.width, "height": drawn.height},
        "box": {"width": WIDTH, "height": HEIGHT},
        "dead": dead,
        "nodes": [
            {**_node(model, id, queues), "x": place.x, "y": place.y}
            for id, place in drawn.places.items()
        ],
        "edges": [
            {
                "id": edge.id,
                "from": edge.source,
                "to": edge.target,
                "label": edge.label,
                "path": drawn.paths[edge.id][0],
                "x": drawn.paths[edge.id][1],
                "y": drawn.paths[edge.id][2],
            }
            for edge in model.edges
        ],
    }


def _node(model: FlowModel, id: str, queues: dict[str, Any]) -> dict[str, Any]:
    node, state = model.nodes[id], queues.get(id)
    return {
        "id": id,
        "kind": node.kind,
        "depth": state.depth if state else None,
        "in_flight": state.in_flight if state else None,
        "bad": bool(state and node.kind == "dead-letter-queue" and total(state)),
    }


PAGES = [Page("/flow", "flow.html", flow, live=True)]
