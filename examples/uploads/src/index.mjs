import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";

const s3 = new S3Client({});

export const handler = async (event) => {
  // S3's test event, which it sends when the notification is set up, has no records.
  const uploads = event.Records.flatMap((record) => JSON.parse(record.body).Records ?? []);
  for (const { s3: upload } of uploads) {
    const Bucket = upload.bucket.name;
    const Key = decodeURIComponent(upload.object.key.replaceAll("+", " "));
    const object = await s3.send(new GetObjectCommand({ Bucket, Key }));
    const words = (await object.Body.transformToString()).split(/\s+/).filter(Boolean).length;
    console.log("counted", Key, words);
    const count = { Bucket, Key: Key.replace(/^texts\//, "counts/"), Body: String(words) };
    await s3.send(new PutObjectCommand(count));
  }
};
