CREATE TABLE "poll_vote" (
    "device_id" TEXT NOT NULL,
    "wa_message_id" TEXT NOT NULL,
    "voter_jid" TEXT NOT NULL,
    "choices" JSONB NOT NULL,
    "voted_at" DATETIME NOT NULL,

    PRIMARY KEY ("device_id", "wa_message_id", "voter_jid")
);
