-- Reports filter by the device and count within these indexes, without a look at the rows.

-- DropIndex
DROP INDEX "history_message_own_time_idx";
DROP INDEX "history_message_pair_time_idx";
DROP INDEX "history_message_sender_time_idx";
DROP INDEX "history_message_receiver_time_idx";
DROP INDEX "history_message_time_idx";

-- CreateIndex
CREATE INDEX "history_message_own_time_idx" ON "history_message"("own_number", "message_timestamp", "id", "device_id");

-- CreateIndex
CREATE INDEX "history_message_pair_time_idx" ON "history_message"("own_number", "contact_number", "message_timestamp", "id", "direction", "device_id");

-- CreateIndex
CREATE INDEX "history_message_sender_time_idx" ON "history_message"("sender_number", "message_timestamp", "id", "receiver_number", "device_id");

-- CreateIndex
CREATE INDEX "history_message_receiver_time_idx" ON "history_message"("receiver_number", "message_timestamp", "id", "sender_number", "device_id");

-- CreateIndex
CREATE INDEX "history_message_time_idx" ON "history_message"("message_timestamp", "id", "device_id");
