-- AlterTable
ALTER TABLE "outbound_message" ADD COLUMN "media_blob" TEXT;
ALTER TABLE "outbound_message" ADD COLUMN "wa_content" BLOB;
ALTER TABLE "received_message" ADD COLUMN "media_sealed" BLOB;

-- CreateTable
CREATE TABLE "media_blob" (
    "sha256" TEXT NOT NULL PRIMARY KEY,
    "size_bytes" BIGINT NOT NULL,
    "mimetype" TEXT NOT NULL,
    "created_at" DATETIME NOT NULL,
    "last_used_at" DATETIME NOT NULL
);

-- CreateIndex
CREATE INDEX "outbound_message_media_blob_idx" ON "outbound_message"("media_blob");

-- CreateIndex
CREATE INDEX "media_blob_last_used_at_idx" ON "media_blob"("last_used_at");
