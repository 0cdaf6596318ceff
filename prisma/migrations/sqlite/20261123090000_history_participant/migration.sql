-- CreateIndex
CREATE INDEX "history_message_participant_idx" ON "history_message"("device_id", "participant_jid");
