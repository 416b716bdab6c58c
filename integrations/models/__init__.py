from integrations.models.connections import Authorisation, Company, Connection, ConnectionState, Credential
from integrations.models.differing import Clash, Compromise, Takeback
from integrations.models.incoming import IncomingChange
from integrations.models.interventions import Act, Intervention
from integrations.models.mappings import ConfigurationVersion, MappingEntry
from integrations.models.receipts import AttachedFile, ReceiptAttempt, ReceiptJob, ReceiptState
from integrations.models.references import ExchangeRate, Reference, ReferenceKind
from integrations.models.runs import CallCount, SyncRun
from integrations.models.sync import Decision, ExternalLink, JobState, Stance, SyncAttempt, SyncEnvelope, SyncJob
from integrations.models.totals import ConservationProof, StateTotal, Term

__all__ = [
    "Act",
    "AttachedFile",
    "Authorisation",
    "CallCount",
    "Clash",
    "Company",
    "Compromise",
    "ConfigurationVersion",
    "Connection",
    "ConnectionState",
    "ConservationProof",
    "Credential",
    "Decision",
    "ExchangeRate",
    "ExternalLink",
    "IncomingChange",
    "Intervention",
    "JobState",
    "MappingEntry",
    "ReceiptAttempt",
    "ReceiptJob",
    "ReceiptState",
    "Reference",
    "ReferenceKind",
    "Stance",
    "StateTotal",
    "SyncAttempt",
    "SyncEnvelope",
    "SyncJob",
    "SyncRun",
    "Takeback",
    "Term",
]
