ALTER TABLE "chatbot" ADD COLUMN "answers_groups" BOOLEAN NOT NULL DEFAULT false;

CREATE INDEX "chatbot_turn_head_idx" ON "chatbot_turn"("chatbot_id", "status", "chat_jid", "id");
