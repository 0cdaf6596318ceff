-- CreateTable
CREATE TABLE "wa_otp" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "recipient_jid" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "code_hmac" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "live" INTEGER,
    "attempts" INTEGER NOT NULL,
    "max_attempts" INTEGER NOT NULL,
    "owner" TEXT NOT NULL,
    "device_id" TEXT NOT NULL,
    "outbox_id" TEXT NOT NULL,
    "wa_message_id" TEXT NOT NULL,
    "text_kept" BOOLEAN NOT NULL,
    "created_at" DATETIME NOT NULL,
    "expires_at" DATETIME NOT NULL,
    "verified_at" DATETIME
);

-- CreateIndex
CREATE UNIQUE INDEX "wa_otp_recipient_jid_purpose_live_key" ON "wa_otp"("recipient_jid", "purpose", "live");

-- CreateIndex
CREATE UNIQUE INDEX "wa_otp_device_id_wa_message_id_key" ON "wa_otp"("device_id", "wa_message_id");

-- CreateIndex
CREATE INDEX "wa_otp_recipient_jid_created_at_idx" ON "wa_otp"("recipient_jid", "created_at");

-- CreateIndex
CREATE INDEX "wa_otp_owner_created_at_idx" ON "wa_otp"("owner", "created_at");

-- CreateIndex
CREATE INDEX "wa_otp_text_kept_id_idx" ON "wa_otp"("text_kept", "id");

-- CreateTable
CREATE TABLE "alert" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "source" TEXT NOT NULL,
    "topic" TEXT,
    "list_id" INTEGER NOT NULL,
    "list_name" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "media" JSONB,
    "requires_ack" BOOLEAN NOT NULL,
    "status" TEXT NOT NULL,
    "device_id" TEXT NOT NULL,
    "pool" JSONB NOT NULL,
    "escalate_list_id" INTEGER,
    "escalate_list_name" TEXT,
    "escalate_after_ms" INTEGER,
    "escalate_at" DATETIME,
    "escalated_at" DATETIME,
    "problem" TEXT,
    "acknowledged_at" DATETIME,
    "acknowledged_by" TEXT,
    "repeats" INTEGER NOT NULL,
    "last_repeated_at" DATETIME,
    "event_seq" BIGINT NOT NULL,
    "created_at" DATETIME NOT NULL
);

-- CreateIndex
CREATE INDEX "alert_status_escalate_at_id_idx" ON "alert"("status", "escalate_at", "id");

-- CreateIndex
CREATE INDEX "alert_device_id_id_idx" ON "alert"("device_id", "id");

-- CreateTable
CREATE TABLE "alert_item" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "alert_id" TEXT NOT NULL,
    "stage" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "to_jid" TEXT NOT NULL,
    "device_id" TEXT NOT NULL,
    "wa_message_id" TEXT NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "alert_item_device_id_wa_message_id_key" ON "alert_item"("device_id", "wa_message_id");

-- CreateIndex
CREATE INDEX "alert_item_alert_id_id_idx" ON "alert_item"("alert_id", "id");

-- CreateIndex
CREATE INDEX "alert_item_to_jid_alert_id_idx" ON "alert_item"("to_jid", "alert_id");

-- CreateTable
CREATE TABLE "alert_key" (
    "hash" TEXT NOT NULL PRIMARY KEY,
    "alert_id" TEXT NOT NULL,
    "until_at" DATETIME NOT NULL
);

-- CreateIndex
CREATE INDEX "alert_key_until_at_idx" ON "alert_key"("until_at");

-- CreateTable
CREATE TABLE "alert_lease" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "holder" TEXT NOT NULL,
    "expires_at" DATETIME NOT NULL
);
