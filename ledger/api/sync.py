"""/api/v1/sync: how far everything is on its way to the books, by entity."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.conservation import count_states
from integrations.models import Connection, ConnectionState
from integrations.selectors import connections
from ledger.api.door import Door
from ledger.api.shown import SYNC_STATES
from ledger.models import Entity, Scope
from ledger.models.directory import ENTITIES
from ledger.selectors.directory import entries


class ConnectionSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=ConnectionState.values)
    company = serializers.CharField(help_text="The company's name in the books.")
    platform = serializers.CharField()
    connected_at = serializers.DateTimeField()
    problem = serializers.CharField(allow_blank=True)


class EntitySyncSerializer(serializers.Serializer[Any]):
    entity = serializers.CharField()
    connection = ConnectionSerializer(allow_null=True)
    recorded = serializers.IntegerField(help_text="All that came in: the sum of the numbers below.")
    states = serializers.DictField(
        child=serializers.IntegerField(), help_text=f"How many are in each state: {', '.join(SYNC_STATES)}."
    )


class SyncSerializer(serializers.Serializer[Any]):
    entities = EntitySyncSerializer(many=True)


class SyncView(Door):
    scopes = {"GET": Scope.READ_TRANSACTIONS}

    @extend_schema(operation_id="read_sync", responses={200: OpenApiResponse(SyncSerializer, "Entity by entity.")})
    def get(self, request: Request) -> Response:
        """Where everything stands. Nothing is missing: what came in is in exactly one of the states."""
        with self.reading():
            counted = count_states()
            connected = {connection.entity_id: connection for connection in connections()}
            shown = [
                _shown(entity, {state: counted[entity.pk, state] for state in SYNC_STATES}, connected.get(entity.pk))
                for entity in entries(ENTITIES, {}).order_by("name")
            ]
        return Response({"entities": shown})


def _shown(entity: Entity, states: dict[str, int], connection: Connection | None) -> dict[str, Any]:
    return {
        "entity": entity.name,
        "connection": _connection(connection) if connection else None,
        "recorded": sum(states.values()),
        "states": states,
    }


def _connection(connection: Connection) -> dict[str, Any]:
    return {
        "state": connection.state,
        "company": connection.company.name,
        "platform": connection.company.provider,
        "connected_at": connection.connected_at,
        "problem": connection.problem,
    }
