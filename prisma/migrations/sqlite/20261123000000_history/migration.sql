-- AlterTable
ALTER TABLE "device" ADD COLUMN "note" TEXT;
ALTER TABLE "device" ADD COLUMN "user_id" TEXT;

-- CreateTable
CREATE TABLE "allowed_number" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "whatsapp_number" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "device_id" TEXT,
    "created_at" DATETIME NOT NULL,
    "updated_at" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "identity" (
    "device_id" TEXT NOT NULL,
    "lid" TEXT NOT NULL,
    "phone_number" TEXT NOT NULL,
    "learned_at" DATETIME NOT NULL,

    PRIMARY KEY ("device_id", "lid")
);

-- CreateTable
CREATE TABLE "chat" (
    "device_id" TEXT NOT NULL,
    "chat_jid" TEXT NOT NULL,
    "lid" TEXT,
    "phone_number" TEXT,
    "name" TEXT,
    "is_group" BOOLEAN NOT NULL,
    "last_message_at" DATETIME,
    "last_message_id" TEXT,
    "updated_at" DATETIME NOT NULL,

    PRIMARY KEY ("device_id", "chat_jid")
);

-- CreateTable
CREATE TABLE "history_message" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "device_id" TEXT NOT NULL,
    "chat_jid" TEXT NOT NULL,
    "participant_jid" TEXT NOT NULL DEFAULT '',
    "direction" TEXT NOT NULL,
    "wa_message_id" TEXT NOT NULL,
    "own_number" TEXT NOT NULL,
    "sender_number" TEXT,
    "receiver_number" TEXT,
    "contact_number" TEXT,
    "is_group" BOOLEAN NOT NULL,
    "push_name" TEXT,
    "type" TEXT NOT NULL,
    "text" TEXT,
    "media" JSONB,
    "quoted_id" TEXT,
    "reactions" JSONB,
    "status" TEXT,
    "source" TEXT NOT NULL,
    "message_timestamp" DATETIME NOT NULL,
    "edited_at" DATETIME,
    "revoked_at" DATETIME,
    "stored_at" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "event_log" (
    "seq" BIGINT NOT NULL PRIMARY KEY,
    "id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "device_id" TEXT,
    "message_id" TEXT,
    "data" JSONB NOT NULL,
    "created_at" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "event_sequence" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "value" BIGINT NOT NULL
);

-- CreateTable
CREATE TABLE "webhook_endpoint" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "url" TEXT NOT NULL,
    "events" JSONB NOT NULL,
    "device_ids" JSONB,
    "secret_sealed" TEXT NOT NULL,
    "previous_sealed" TEXT,
    "previous_until" DATETIME,
    "status" TEXT NOT NULL,
    "failing_since" DATETIME,
    "disabled_at" DATETIME,
    "disabled_reason" TEXT,
    "cursor_seq" BIGINT NOT NULL,
    "created_at" DATETIME NOT NULL,
    "updated_at" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "webhook_delivery" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "endpoint_id" TEXT NOT NULL,
    "event_seq" BIGINT NOT NULL,
    "event_id" TEXT NOT NULL,
    "event_type" TEXT NOT NULL,
    "device_id" TEXT,
    "status" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "next_attempt_at" DATETIME,
    "last_status_code" INTEGER,
    "last_error" TEXT,
    "last_duration_ms" INTEGER,
    "created_at" DATETIME NOT NULL,
    "updated_at" DATETIME NOT NULL,
    "delivered_at" DATETIME
);

-- CreateTable
CREATE TABLE "webhook_attempt" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "delivery_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "started_at" DATETIME NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "status_code" INTEGER,
    "error" TEXT,
    "response" TEXT
);

-- CreateTable
CREATE TABLE "chatbot" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "whatsapp_number" TEXT NOT NULL,
    "device_id" TEXT,
    "endpoint_url" TEXT,
    "secret_sealed" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "cursor_seq" BIGINT NOT NULL,
    "created_at" DATETIME NOT NULL,
    "updated_at" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "chatbot_turn" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "chatbot_id" INTEGER NOT NULL,
    "device_id" TEXT NOT NULL,
    "chat_jid" TEXT NOT NULL,
    "message_id" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "reason" TEXT,
    "attempts" INTEGER NOT NULL,
    "next_attempt_at" DATETIME,
    "replies" INTEGER NOT NULL DEFAULT 0,
    "created_at" DATETIME NOT NULL,
    "updated_at" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "recipient" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" TEXT NOT NULL,
    "number" TEXT NOT NULL,
    "fields" JSONB,
    "created_at" DATETIME NOT NULL,
    "updated_at" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "recipient_list" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "created_at" DATETIME NOT NULL,
    "updated_at" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "recipient_list_member" (
    "list_id" INTEGER NOT NULL,
    "recipient_id" INTEGER NOT NULL,

    PRIMARY KEY ("list_id", "recipient_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "allowed_number_whatsapp_number_key" ON "allowed_number"("whatsapp_number");

-- CreateIndex
CREATE INDEX "identity_device_id_phone_number_idx" ON "identity"("device_id", "phone_number");

-- CreateIndex
CREATE INDEX "chat_last_message_idx" ON "chat"("device_id", "last_message_at", "chat_jid");

-- CreateIndex
CREATE INDEX "history_message_wa_message_id_idx" ON "history_message"("device_id", "wa_message_id");

-- CreateIndex
CREATE INDEX "history_message_device_time_idx" ON "history_message"("device_id", "message_timestamp", "id");

-- CreateIndex
CREATE INDEX "history_message_chat_time_idx" ON "history_message"("device_id", "chat_jid", "message_timestamp", "id");

-- CreateIndex
CREATE INDEX "history_message_own_time_idx" ON "history_message"("own_number", "message_timestamp", "id");

-- CreateIndex
CREATE INDEX "history_message_pair_time_idx" ON "history_message"("own_number", "contact_number", "message_timestamp", "id");

-- CreateIndex
CREATE INDEX "history_message_sender_time_idx" ON "history_message"("sender_number", "message_timestamp", "id");

-- CreateIndex
CREATE INDEX "history_message_receiver_time_idx" ON "history_message"("receiver_number", "message_timestamp", "id");

-- CreateIndex
CREATE INDEX "history_message_time_idx" ON "history_message"("message_timestamp", "id");

-- CreateIndex
CREATE UNIQUE INDEX "history_message_identity_key" ON "history_message"("device_id", "chat_jid", "participant_jid", "direction", "wa_message_id");

-- CreateIndex
CREATE UNIQUE INDEX "event_log_id_key" ON "event_log"("id");

-- CreateIndex
CREATE INDEX "event_log_device_id_seq_idx" ON "event_log"("device_id", "seq");

-- CreateIndex
CREATE INDEX "event_log_created_at_idx" ON "event_log"("created_at");

-- CreateIndex
CREATE INDEX "webhook_delivery_due_idx" ON "webhook_delivery"("status", "next_attempt_at", "id");

-- CreateIndex
CREATE INDEX "webhook_delivery_endpoint_due_idx" ON "webhook_delivery"("endpoint_id", "status", "next_attempt_at", "id");

-- CreateIndex
CREATE INDEX "webhook_delivery_endpoint_id_id_idx" ON "webhook_delivery"("endpoint_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "webhook_delivery_endpoint_id_event_id_key" ON "webhook_delivery"("endpoint_id", "event_id");

-- CreateIndex
CREATE INDEX "webhook_attempt_delivery_id_number_idx" ON "webhook_attempt"("delivery_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "chatbot_whatsapp_number_key" ON "chatbot"("whatsapp_number");

-- CreateIndex
CREATE INDEX "chatbot_turn_due_idx" ON "chatbot_turn"("status", "next_attempt_at", "id");

-- CreateIndex
CREATE INDEX "chatbot_turn_chat_idx" ON "chatbot_turn"("device_id", "chat_jid", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "chatbot_turn_chatbot_id_message_id_key" ON "chatbot_turn"("chatbot_id", "message_id");

-- CreateIndex
CREATE UNIQUE INDEX "recipient_number_key" ON "recipient"("number");

-- CreateIndex
CREATE UNIQUE INDEX "recipient_list_name_key" ON "recipient_list"("name");

-- CreateIndex
CREATE INDEX "recipient_list_member_recipient_id_idx" ON "recipient_list_member"("recipient_id");

INSERT INTO "event_sequence" ("name", "value") VALUES ('events', 0);
