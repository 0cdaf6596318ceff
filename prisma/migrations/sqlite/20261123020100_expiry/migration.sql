CREATE INDEX "outbound_message_expires_at_idx" ON "outbound_message" ("expires_at");
