import { PhoneError } from '../phone/phone-error.ts';
import type { ControlPlugin } from './control-plugin.ts';
import { FaultBody, FaultParams, toFault } from './fault-schemas.ts';

/** Faults: arm, list, disarm. */
export const faultRoutes: ControlPlugin = async (app, { faults }) => {
  app.get('/faults', async () => ({ faults: faults.list() }));
  app.post('/faults', { schema: { body: FaultBody } }, async ({ body }, reply) => {
    const id = faults.add(toFault(body));
    return reply.code(201).send({ id });
  });
  app.delete('/faults', async () => {
    faults.clear();
    return { faults: [] };
  });
  app.delete('/faults/:faultId', { schema: { params: FaultParams } }, async ({ params }) => {
    if (!faults.remove(params.faultId)) {
      throw new PhoneError('FAULT_NOT_FOUND', 'No fault with this id is armed');
    }
    return { faults: faults.list() };
  });
};
