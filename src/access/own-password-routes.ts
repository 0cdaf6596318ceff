import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { envelope, NoData } from '../http/schemas.ts';
import { AppError } from '../shared/errors.ts';
import { addressOf } from './sign-in-routes.ts';
import { ChangePasswordBody } from './sign-in-schemas.ts';
import type { SignInService } from './sign-in-service.ts';
import type { UserService } from './user-service.ts';

interface OwnPasswordOptions {
  users: UserService;
  signIns: SignInService;
}

/** `PUT /password`: one's own, for whoever is signed in. Mounted under `/api/auth`. */
export const ownPasswordRoutes: RoutePlugin<OwnPasswordOptions> = async (app, { users, signIns }) => {
  app.put(
    '/password',
    {
      config: { scope: 'signed-in' },
      schema: {
        operationId: 'changePassword',
        tags: ['People'],
        body: ChangePasswordBody,
        response: { 200: envelope(NoData) },
      },
    },
    async (request) => {
      const { userId, session } = request.access;
      if (userId === null || session === null) throw new AppError('UNAUTHORIZED');
      const guesses = signIns.guardPassword(userId, addressOf(request));
      guesses.take();
      await users.changeOwnPassword({ userId, sessionId: session.sessionId, ...request.body });
      guesses.forgive();
      return ok(request, null, 'Password changed');
    },
  );
};
