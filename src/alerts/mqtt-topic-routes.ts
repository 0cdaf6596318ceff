import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { envelope } from '../http/schemas.ts';
import { TopicsBody, TopicsSchema } from './mqtt-topic-schemas.ts';
import type { MqttTopicService } from './mqtt-topic-service.ts';

export interface MqttTopicRoutesOptions {
  readonly mqttTopics: MqttTopicService;
}

/** Which messages of a broker become alerts. */
export const mqttTopicRoutes: RoutePlugin<MqttTopicRoutesOptions> = async (app, { mqttTopics }) => {
  app.get('/alerts/mqtt', getTopics, async (request) => ok(request, await mqttTopics.view()));

  app.put('/alerts/mqtt', putTopics, async (request) =>
    ok(request, await mqttTopics.replace(request.body.topics), 'Topics stored'),
  );
};

const tags = ['Codes and alerts'];

const getTopics = {
  config: { scope: 'message:read' },
  schema: { operationId: 'getAlertTopics', tags, response: { 200: envelope(TopicsSchema) } },
} as const;

/** They alert over any device of the pool, so they are nobody's alone. */
const putTopics = {
  config: { scope: 'admin' },
  schema: {
    operationId: 'replaceAlertTopics',
    tags,
    body: TopicsBody,
    response: { 200: envelope(TopicsSchema) },
  },
} as const;
