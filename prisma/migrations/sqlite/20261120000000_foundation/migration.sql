-- CreateTable
CREATE TABLE "node" (
    "node_id" TEXT NOT NULL PRIMARY KEY,
    "boot_id" TEXT NOT NULL,
    "machine_id" TEXT NOT NULL,
    "started_at" DATETIME NOT NULL,
    "expires_at" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "device" (
    "device_id" TEXT NOT NULL PRIMARY KEY,
    "record_number" INTEGER NOT NULL,
    "device_name" TEXT,
    "tags" JSONB NOT NULL,
    "proxy_sealed" TEXT,
    "settings" JSONB NOT NULL,
    "desired" TEXT NOT NULL,
    "link_state" TEXT NOT NULL,
    "auth_method" TEXT,
    "phone_number" TEXT,
    "jid" TEXT,
    "lid" TEXT,
    "push_name" TEXT,
    "last_status" TEXT NOT NULL,
    "last_cause" JSONB,
    "last_activity_at" DATETIME,
    "created_at" DATETIME NOT NULL,
    "updated_at" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "device_lease" (
    "device_id" TEXT NOT NULL PRIMARY KEY,
    "node_id" TEXT,
    "boot_id" TEXT,
    "epoch" BIGINT NOT NULL DEFAULT 0,
    "updated_at" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "auth_data_key" (
    "device_id" TEXT NOT NULL PRIMARY KEY,
    "kek_id" TEXT NOT NULL,
    "wrapped" BLOB NOT NULL,
    "created_at" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "auth_creds" (
    "device_id" TEXT NOT NULL PRIMARY KEY,
    "epoch" BIGINT NOT NULL,
    "version" INTEGER NOT NULL,
    "blob" BLOB NOT NULL,
    "previous" BLOB,
    "updated_at" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "auth_key" (
    "device_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "epoch" BIGINT NOT NULL,
    "blob" BLOB NOT NULL,

    PRIMARY KEY ("device_id", "type", "key_id")
);

-- CreateTable
CREATE TABLE "auth_tombstone" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "device_id" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "kek_id" TEXT NOT NULL,
    "wrapped" BLOB NOT NULL,
    "blob" BLOB NOT NULL,
    "expires_at" DATETIME NOT NULL,
    "created_at" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "api_key" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "secret_hash" TEXT NOT NULL,
    "scopes" JSONB NOT NULL,
    "device_ids" JSONB,
    "expires_at" DATETIME,
    "revoked_at" DATETIME,
    "last_used_at" DATETIME,
    "created_at" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "outbound_message" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "device_id" TEXT NOT NULL,
    "wa_message_id" TEXT NOT NULL,
    "chat_jid" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "text" TEXT,
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

-- CreateTable
CREATE TABLE "received_message" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "device_id" TEXT NOT NULL,
    "chat_jid" TEXT NOT NULL,
    "participant_jid" TEXT NOT NULL DEFAULT '',
    "from_me" BOOLEAN NOT NULL,
    "wa_message_id" TEXT NOT NULL,
    "chat_alt" TEXT,
    "participant_alt" TEXT,
    "push_name" TEXT,
    "type" TEXT NOT NULL,
    "text" TEXT,
    "quoted_id" TEXT,
    "message_timestamp" DATETIME NOT NULL,
    "received_at" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "setting" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "value" JSONB NOT NULL,
    "updated_at" DATETIME NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "device_record_number_key" ON "device"("record_number");

-- CreateIndex
CREATE INDEX "device_lease_boot_id_idx" ON "device_lease"("boot_id");

-- CreateIndex
CREATE INDEX "auth_tombstone_device_id_idx" ON "auth_tombstone"("device_id");

-- CreateIndex
CREATE INDEX "auth_tombstone_expires_at_idx" ON "auth_tombstone"("expires_at");

-- CreateIndex
CREATE INDEX "outbound_message_device_id_id_idx" ON "outbound_message"("device_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "outbound_message_device_id_wa_message_id_key" ON "outbound_message"("device_id", "wa_message_id");

-- CreateIndex
CREATE INDEX "received_message_device_id_id_idx" ON "received_message"("device_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "received_message_identity_key" ON "received_message"("device_id", "chat_jid", "participant_jid", "from_me", "wa_message_id");

