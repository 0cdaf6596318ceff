-- Full-text search, kept by triggers. A key holds the second of the message in its upper bits, so that the newest come
-- first without sorting. The index holds no text, and with secure-delete erased words leave it at once.

CREATE TABLE "history_search_key" (
    "search_key" INTEGER NOT NULL PRIMARY KEY,
    "message_id" TEXT NOT NULL UNIQUE
);

CREATE VIEW "history_search_source" AS
    SELECT k."search_key" AS "search_key", lower(hex(m."device_id")) AS "device", m."text" AS "text"
    FROM "history_search_key" k JOIN "history_message" m ON m."id" = k."message_id";

CREATE VIRTUAL TABLE "history_search" USING fts5(
    "device", "text", content='history_search_source', content_rowid='search_key', detail=full,
    tokenize="unicode61 remove_diacritics 2 categories 'L* N* Mn Mc Co'"
);
INSERT INTO "history_search" ("history_search", "rank") VALUES ('secure-delete', 1);

CREATE TRIGGER "history_search_added" AFTER INSERT ON "history_message" WHEN new."text" IS NOT NULL BEGIN
    INSERT INTO "history_search_key" ("search_key", "message_id") VALUES (
        coalesce((SELECT max("search_key") FROM "history_search_key"
            WHERE "search_key" >= (new."message_timestamp" / 1000) << 24
              AND "search_key" < (new."message_timestamp" / 1000 + 1) << 24),
            (new."message_timestamp" / 1000) << 24) + 1,
        new."id");
    INSERT INTO "history_search" ("rowid", "device", "text") VALUES (
        (SELECT "search_key" FROM "history_search_key" WHERE "message_id" = new."id"),
        lower(hex(new."device_id")), new."text");
END;

CREATE TRIGGER "history_search_gone" AFTER DELETE ON "history_message" WHEN old."text" IS NOT NULL BEGIN
    INSERT INTO "history_search" ("history_search", "rowid", "device", "text") VALUES ('delete',
        (SELECT "search_key" FROM "history_search_key" WHERE "message_id" = old."id"),
        lower(hex(old."device_id")), old."text");
    DELETE FROM "history_search_key" WHERE "message_id" = old."id";
END;

CREATE TRIGGER "history_search_changed" AFTER UPDATE OF "text" ON "history_message" WHEN old."text" IS NOT new."text" BEGIN
    INSERT INTO "history_search" ("history_search", "rowid", "device", "text")
        SELECT 'delete', "search_key", lower(hex(old."device_id")), old."text"
        FROM "history_search_key" WHERE "message_id" = old."id" AND old."text" IS NOT NULL;
    DELETE FROM "history_search_key" WHERE "message_id" = old."id" AND new."text" IS NULL;
    INSERT INTO "history_search_key" ("search_key", "message_id")
        SELECT coalesce((SELECT max("search_key") FROM "history_search_key"
            WHERE "search_key" >= (new."message_timestamp" / 1000) << 24
              AND "search_key" < (new."message_timestamp" / 1000 + 1) << 24),
            (new."message_timestamp" / 1000) << 24) + 1,
        new."id"
        WHERE old."text" IS NULL;
    INSERT INTO "history_search" ("rowid", "device", "text")
        SELECT "search_key", lower(hex(new."device_id")), new."text"
        FROM "history_search_key" WHERE "message_id" = new."id";
END;

INSERT INTO "history_search_key" ("search_key", "message_id")
    SELECT (("message_timestamp" / 1000) << 24)
        + row_number() OVER (PARTITION BY "message_timestamp" / 1000 ORDER BY "message_timestamp", "id"), "id"
    FROM "history_message" WHERE "text" IS NOT NULL;
INSERT INTO "history_search" ("history_search") VALUES ('rebuild');
