-- Nothing older waits for the outbox: callers were told that these may not have left, so nobody but a person may send them.
UPDATE "outbound_message" SET "status" = 'held', "error_code" = 'INTERRUPTED',
    "error_message" = 'The server stopped while this message was being sent' WHERE "status" IN ('queued', 'sending');

-- RedefineTables: SQLite cannot add a column that must have a value.
CREATE TABLE "new_outbound_message" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "device_id" TEXT NOT NULL,
    "wa_message_id" TEXT NOT NULL,
    "chat_jid" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "text" TEXT,
    "content" TEXT,
    "source" TEXT NOT NULL DEFAULT 'api',
    "priority" INTEGER NOT NULL DEFAULT 0,
    "job_id" TEXT,
    "item_index" INTEGER,
    "delay_ms" INTEGER,
    "schedule_id" TEXT,
    "due_at" DATETIME NOT NULL,
    "expires_at" DATETIME,
    "on_ambiguous" TEXT NOT NULL DEFAULT 'resend',
    "lane" TEXT,
    "lease_epoch" BIGINT,
    "status" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "error_code" TEXT,
    "error_message" TEXT,
    "created_at" DATETIME NOT NULL,
    "sending_at" DATETIME,
    "acked_at" DATETIME,
    "delivered_at" DATETIME,
    "read_at" DATETIME,
    "played_at" DATETIME,
    "failed_at" DATETIME
);
INSERT INTO "new_outbound_message" ("id", "device_id", "wa_message_id", "chat_jid", "kind", "text", "due_at", "status",
    "attempts", "error_code", "error_message", "created_at", "sending_at", "acked_at", "delivered_at", "read_at",
    "played_at", "failed_at")
SELECT "id", "device_id", "wa_message_id", "chat_jid", "kind", "text", "created_at", "status",
    "attempts", "error_code", "error_message", "created_at", "sending_at", "acked_at", "delivered_at", "read_at",
    "played_at", "failed_at" FROM "outbound_message";
DROP TABLE "outbound_message";
ALTER TABLE "new_outbound_message" RENAME TO "outbound_message";

-- CreateTable
CREATE TABLE "job" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "device_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT,
    "status" TEXT NOT NULL,
    "total" INTEGER NOT NULL,
    "delay_ms" INTEGER,
    "on_ambiguous" TEXT NOT NULL,
    "created_at" DATETIME NOT NULL,
    "started_at" DATETIME,
    "finished_at" DATETIME,
    "updated_at" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "schedule" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "device_id" TEXT NOT NULL,
    "to_jid" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "text" TEXT,
    "content" TEXT,
    "timezone" TEXT NOT NULL,
    "local_time" TEXT NOT NULL,
    "run_at" DATETIME,
    "recurrence" TEXT,
    "missed_policy" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "last_run_at" DATETIME,
    "last_message_id" TEXT,
    "runs" INTEGER NOT NULL,
    "created_at" DATETIME NOT NULL,
    "updated_at" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "idempotency" (
    "owner" TEXT NOT NULL,
    "idem_key" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "route" TEXT NOT NULL,
    "resource_id" TEXT,
    "status_code" INTEGER,
    "response" TEXT,
    "created_at" DATETIME NOT NULL,
    "expires_at" DATETIME NOT NULL,

    PRIMARY KEY ("owner", "idem_key")
);

-- CreateTable
CREATE TABLE "contact" (
    "device_id" TEXT NOT NULL,
    "jid" TEXT NOT NULL,
    "first_inbound_at" DATETIME,
    "last_inbound_at" DATETIME,
    "first_outbound_at" DATETIME,
    "last_outbound_at" DATETIME,

    PRIMARY KEY ("device_id", "jid")
);

-- CreateTable
CREATE TABLE "device_health" (
    "device_id" TEXT NOT NULL PRIMARY KEY,
    "reachout_until" DATETIME,
    "rate_paused_until" DATETIME,
    "cold_paused_until" DATETIME,
    "breaker" JSONB,
    "warnings" JSONB,
    "ramp_started_at" DATETIME,
    "updated_at" DATETIME NOT NULL
);

-- CreateIndex
CREATE INDEX "outbound_message_device_id_id_idx" ON "outbound_message"("device_id", "id");

-- CreateIndex
CREATE INDEX "outbound_message_claim_idx" ON "outbound_message"("device_id", "status", "priority", "id");

-- CreateIndex
CREATE INDEX "outbound_message_job_id_item_index_idx" ON "outbound_message"("job_id", "item_index");

-- CreateIndex
CREATE INDEX "outbound_message_job_id_status_idx" ON "outbound_message"("job_id", "status", "item_index");

-- CreateIndex
CREATE UNIQUE INDEX "outbound_message_device_id_wa_message_id_key" ON "outbound_message"("device_id", "wa_message_id");

-- CreateIndex
CREATE INDEX "job_device_id_id_idx" ON "job"("device_id", "id");

-- CreateIndex
CREATE INDEX "job_claim_idx" ON "job"("device_id", "status", "id");

-- CreateIndex
CREATE INDEX "schedule_status_run_at_idx" ON "schedule"("status", "run_at");

-- CreateIndex
CREATE INDEX "schedule_device_id_id_idx" ON "schedule"("device_id", "id");

-- CreateIndex
CREATE INDEX "idempotency_expires_at_idx" ON "idempotency"("expires_at");
