-- CreateIndex
CREATE INDEX "received_message_wa_message_id_idx" ON "received_message"("device_id", "wa_message_id");
