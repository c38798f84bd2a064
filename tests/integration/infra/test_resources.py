"""infra/resources.py on moto: the declared resources exist, once, and are kept."""

import json

import pytest

from infra.resources import Place, create_resources, environment
from tests.unit.infra.sample_app import DOMAINS

pytestmark = pytest.mark.usefixtures("aws")
PROJECTED = {
    "kind",
    "version",
    "status",
    "progress",
    "starts_at",
    "ends_at",
    "patient_id",
    "patient_name",
    "title",
    "provider_id",
    "room_id",
    "amount",
    "flow",
    "overbooked",
    "capacity",
    "seats_left",
}


@pytest.fixture
def place() -> Place:
    create_resources(None, "kept")
    return Place(None, "kept")


def test_the_table_has_its_keys_indexes_stream_and_expiry(place: Place) -> None:
    table = place.table
    indexes = {each["IndexName"]: each for each in table["GlobalSecondaryIndexes"]}
    keys = {name: [k["AttributeName"] for k in each["KeySchema"]] for name, each in indexes.items()}
    projections = {name: each["Projection"]["ProjectionType"] for name, each in indexes.items()}
    assert [key["AttributeName"] for key in table["KeySchema"]] == ["pk", "sk"]
    assert keys == {"gs1": ["gs1pk", "gs1sk"], "gs2": ["gs2pk", "gs2sk"], "due": ["duepk", "duesk"]}
    assert projections == {"gs1": "INCLUDE", "gs2": "KEYS_ONLY", "due": "KEYS_ONLY"}
    assert set(indexes["gs1"]["Projection"]["NonKeyAttributes"]) == PROJECTED
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["StreamSpecification"] == {
        "StreamEnabled": True,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    }
    expiry = place.client("dynamodb").describe_time_to_live(TableName=table["TableName"])
    assert expiry["TimeToLiveDescription"]["AttributeName"] == "expires_at"


def test_every_queue_of_a_domain_redrives_to_its_own_dead_letters(place: Place) -> None:
    sqs = place.client("sqs")
    for domain, url in json.loads(environment(None, "kept")["CARELOOM_QUEUE_URLS"]).items():
        answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        redrive = json.loads(answer["RedrivePolicy"])
        assert redrive["deadLetterTargetArn"] == place.attribute(
            f"{domain.title()}DeadLetters", "Arn"
        )
        assert int(redrive["maxReceiveCount"]) == 5
        assert int(answer["VisibilityTimeout"]) >= 360


def test_buckets_keep_versions(place: Place) -> None:
    s3 = place.client("s3")
    for logical in ("FilesBucket", "MailboxBucket"):
        assert s3.get_bucket_versioning(Bucket=place.name(logical))["Status"] == "Enabled"


def test_the_environment_names_what_was_created(place: Place) -> None:
    variables = environment(None, "kept", public_url="http://127.0.0.1:9")
    assert variables["CARELOOM_TABLE"] == place.table["TableName"]
    assert variables["CARELOOM_PUBLIC_URL"] == "http://127.0.0.1:9"
    assert variables["CARELOOM_STAGE"] == "local"
    assert set(json.loads(variables["CARELOOM_QUEUE_URLS"])) == set(DOMAINS)
    assert "AWS_ENDPOINT_URL" not in variables


def test_creating_again_keeps_records_messages_files_and_keys(place: Place) -> None:
    table, files = place.table["TableName"], place.name("FilesBucket")
    dynamodb, s3, sqs = (place.client(name) for name in ("dynamodb", "s3", "sqs"))
    secrets = place.client("secretsmanager")
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "a"}, "sk": {"S": "b"}})
    s3.put_object(Bucket=files, Key="a", Body=b"kept")
    sqs.send_message(QueueUrl=place.reference("ClaimsEvents"), MessageBody="kept")
    keys = secrets.get_secret_value(SecretId=place.name("KeysSecret"))["SecretString"]

    assert create_resources(None, "kept") == environment(None, "kept")

    assert dynamodb.scan(TableName=table)["Count"] == 1
    assert s3.get_object(Bucket=files, Key="a")["Body"].read() == b"kept"
    (message,) = sqs.receive_message(QueueUrl=place.reference("ClaimsEvents"))["Messages"]
    assert message["Body"] == "kept"
    assert secrets.get_secret_value(SecretId=place.name("KeysSecret"))["SecretString"] == keys


def test_what_has_no_counterpart_on_an_emulator_is_refused(place: Place) -> None:
    with pytest.raises(ValueError, match=r"DataKey\.Arn has no counterpart here"):
        place.attribute("DataKey", "Arn")
