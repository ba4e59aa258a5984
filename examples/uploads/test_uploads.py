"""Uploaded texts are counted."""

from typing import Any

from mailroom.testing.running_application import RunningApplication


def test_the_words_of_an_uploaded_text_are_counted(mailroom: RunningApplication) -> None:
    s3, bucket = mailroom.session.client("s3"), mailroom.name("TextsBucket")

    s3.put_object(Bucket=bucket, Key="texts/a poem.txt", Body=b"the rain in Spain")

    def counts() -> list[Any]:
        return s3.list_objects_v2(Bucket=bucket, Prefix="counts/").get("Contents", [])

    [count] = mailroom.wait_for(counts, "a count")
    assert count["Key"] == "counts/a poem.txt"
    assert s3.get_object(Bucket=bucket, Key=count["Key"])["Body"].read() == b"4"
    mailroom.wait_until_empty("UploadsQueue")
