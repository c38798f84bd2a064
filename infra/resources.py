"""The resources of infra/resources.yaml on an emulator: the tests' moto or the local stack's.

Created are the kinds that the code talks to: table, buckets, queues, secret. What only AWS proves
(encryption, TLS, recovery, alarms) is asserted on the template instead.
"""

import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from .keyring import new_keyring
from .template import functions, resolve, resources

REGION = "us-east-1"
LOCAL_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
MAIL_FROM = "no-reply@careloom.example"
LOCAL_RATE = "500/5000"  # all callers of this machine share one process and one address
_make_config: Any = Config
_CONFIG = _make_config(
    max_pool_connections=32,
    account_id_endpoint_mode="disabled",  # moto knows the plain endpoint of the streams alone
)


def create_resources(endpoint_url: str | None, prefix: str) -> dict[str, str]:
    """Create what does not exist yet; what exists keeps its contents. The process's environment.

    `endpoint_url` None means what boto3 finds by itself: moto, when it is on. Physical names are
    `<prefix>-<name in kebab case>`.
    """
    with closing(Place(endpoint_url, prefix)) as place:
        for name, resource in resources()["Resources"].items():
            create = _CREATE.get(resource["Type"])
            if create is not None:
                create(place, name, resource["Properties"])
    return environment(endpoint_url, prefix)


def environment(
    endpoint_url: str | None, prefix: str, *, public_url: str = "http://127.0.0.1:8000"
) -> dict[str, str]:
    """The `CARELOOM_*` and `AWS_*` variables of resources that exist, as functions get them."""
    declared = functions()["Globals"]["Function"]["Environment"]["Variables"]
    with closing(Place(endpoint_url, prefix, public_url=public_url)) as place:
        variables = {name: str(value) for name, value in place.resolved(declared).items()}
    variables |= {"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}
    if endpoint_url is not None:
        variables |= {"AWS_ENDPOINT_URL": endpoint_url, **LOCAL_CREDENTIALS}
    return variables


class Place:
    """Where resources are: an endpoint and the prefix of their names. Answers references."""

    def __init__(
        self, endpoint_url: str | None, prefix: str, *, public_url: str = "http://127.0.0.1:8000"
    ) -> None:
        self.prefix = prefix
        self._endpoint_url = endpoint_url
        self._parameters = {
            "Stage": "local",
            "PublicUrl": public_url,
            "AppUrl": "http://127.0.0.1:3000",
            "AllowedOrigins": "*",
            "MailFrom": MAIL_FROM,
            "SmsOrigination": "",
            "MediaRegion": "",
            "CaptchaSiteKey": "",
            "PracticeRate": LOCAL_RATE,
            "ApiKeyRate": LOCAL_RATE,
            "SourceRate": LOCAL_RATE,
        }
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """One boto3 client a service."""
        if service not in self._clients:
            make: Any = boto3.client
            self._clients[service] = make(
                service,
                endpoint_url=self._endpoint_url,
                region_name=REGION,
                config=_CONFIG,
                **self._credentials,
            )
        return self._clients[service]

    def close(self) -> None:
        """Close the clients' connections."""
        for client in self._clients.values():
            client.close()

    def name(self, logical: str) -> str:
        """`SchedulingDeadLetters` → `careloom-scheduling-dead-letters`."""
        return self.prefix + "".join(f"-{c.lower()}" if c.isupper() else c for c in logical)

    def resolved(self, value: Any) -> Any:
        """The value with references to parameters and resources replaced."""
        return resolve(value, reference=self.reference, attribute=self.attribute)

    def attribute(self, logical: str, name: str) -> str:
        """GetAtt of a resource that exists. ValueError for one that is not asked for here."""
        kind = resources()["Resources"][logical]["Type"]
        if (kind, name) == ("AWS::SQS::Queue", "Arn"):
            return self._queue_arn(logical)
        if (kind, name) == ("AWS::DynamoDB::Table", "StreamArn"):
            return str(self.table["LatestStreamArn"])
        if (kind, name) == ("AWS::IAM::Role", "Arn"):
            account = self.table["TableArn"].split(":")[4]
            return f"arn:aws:iam::{account}:role/{self.name(logical)}"
        raise ValueError(f"{logical}.{name} has no counterpart here")

    def reference(self, logical: str) -> str:
        """Ref of a parameter or a resource."""
        if logical in self._parameters:
            return self._parameters[logical]
        if resources()["Resources"][logical]["Type"] == "AWS::SQS::Queue":
            url: str = self.client("sqs").get_queue_url(QueueName=self.name(logical))["QueueUrl"]
            return url
        return self.name(logical)

    @cached_property
    def table(self) -> dict[str, Any]:
        """DescribeTable's answer."""
        described: dict[str, Any] = self.client("dynamodb").describe_table(
            TableName=self.name("Table")
        )["Table"]
        return described

    @property
    def _credentials(self) -> dict[str, str]:
        if self._endpoint_url is None:
            return {}
        return {name.lower(): value for name, value in LOCAL_CREDENTIALS.items()}

    def _queue_arn(self, logical: str) -> str:
        answer = self.client("sqs").get_queue_attributes(
            QueueUrl=self.reference(logical), AttributeNames=["QueueArn"]
        )
        arn: str = answer["Attributes"]["QueueArn"]
        return arn


def _create_table(place: Place, logical: str, properties: dict[str, Any]) -> None:
    client, name = place.client("dynamodb"), place.name(logical)
    try:
        client.describe_table(TableName=name)
    except client.exceptions.ResourceNotFoundException:
        taken = ("BillingMode", "KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes")
        client.create_table(
            TableName=name,
            StreamSpecification={"StreamEnabled": True, **properties["StreamSpecification"]},
            **{key: properties[key] for key in taken},
        )
        client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
        client.update_time_to_live(
            TableName=name, TimeToLiveSpecification=properties["TimeToLiveSpecification"]
        )


def _create_bucket(place: Place, logical: str, properties: dict[str, Any]) -> None:
    client, name = place.client("s3"), place.name(logical)
    try:
        client.head_bucket(Bucket=name)
        return
    except ClientError as error:
        if error.response["Error"]["Code"] != "404":
            raise
    locked = {"ObjectLockEnabledForBucket": True} if properties.get("ObjectLockEnabled") else {}
    client.create_bucket(Bucket=name, **locked)
    client.put_bucket_versioning(
        Bucket=name, VersioningConfiguration=properties["VersioningConfiguration"]
    )
    if "NotificationConfiguration" in properties:
        client.put_bucket_notification_configuration(
            Bucket=name, NotificationConfiguration={"EventBridgeConfiguration": {}}
        )


def _create_queue(place: Place, logical: str, properties: dict[str, Any]) -> None:
    client = place.client("sqs")
    taken = ("VisibilityTimeout", "MessageRetentionPeriod", "RedrivePolicy")
    wanted = place.resolved({key: properties[key] for key in taken if key in properties})
    if "RedrivePolicy" in wanted:
        wanted["RedrivePolicy"] = json.dumps(wanted["RedrivePolicy"])
    client.create_queue(
        QueueName=place.name(logical),
        Attributes={key: str(value) for key, value in wanted.items()},
    )


def _create_secret(place: Place, logical: str, _properties: dict[str, Any]) -> None:
    client = place.client("secretsmanager")
    keyring = json.dumps(new_keyring(datetime.now(UTC)))
    try:
        client.create_secret(Name=place.name(logical), SecretString=keyring)
    except client.exceptions.ResourceExistsException:
        return


_CREATE: dict[str, Callable[[Place, str, dict[str, Any]], None]] = {
    "AWS::DynamoDB::Table": _create_table,
    "AWS::S3::Bucket": _create_bucket,
    "AWS::SQS::Queue": _create_queue,
    "AWS::SecretsManager::Secret": _create_secret,
}
