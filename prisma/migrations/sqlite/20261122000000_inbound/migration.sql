-- CreateTable
CREATE TABLE "inbound_journal" (
    "device_id" TEXT NOT NULL,
    "hash" BLOB NOT NULL,
    "id" TEXT NOT NULL,
    "author" TEXT NOT NULL,
    "enc_type" TEXT NOT NULL,
    "wa_message_id" TEXT NOT NULL,
    "sealed" BLOB,
    "state" TEXT NOT NULL,
    "created_at" DATETIME NOT NULL,

    PRIMARY KEY ("device_id", "hash")
);

-- CreateIndex
CREATE INDEX "inbound_journal_state_idx" ON "inbound_journal"("device_id", "state", "created_at", "id");
