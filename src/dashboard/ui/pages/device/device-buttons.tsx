import { useSignal } from '@preact/signals';
import type { Device } from '../../api/device-types.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { href } from '../../lib/place.ts';
import { useAction } from '../../lib/use-action.ts';
import { BulkDialog } from '../devices/bulk-dialog.tsx';
import { connectDevices, disconnectDevices, restartDevices } from '../devices/device-actions.ts';
import { t as list } from '../devices/texts.ts';

/** What can be done with the connection in this state. */
export function DeviceButtons({ device }: { device: Device }) {
  const { deviceId, deviceName, status, hasSession } = device;
  const asks = useSignal(false);
  const connect = useAction(connectDevices);
  const restart = useAction(restartDevices);
  const isRunning = ['connected', 'connecting', 'reconnecting', 'pairing'].includes(status);
  return (
    <>
      {!hasSession && (
        <LinkButton kind="primary" href={href(`/devices/${deviceId}/pair`)}>
          {list('pair')}
        </LinkButton>
      )}
      {hasSession && !isRunning && (
        <Button kind="primary" busy={connect.busy} onClick={() => void connect.run([device])}>
          {list('connect')}
        </Button>
      )}
      {(isRunning || status === 'error') && (
        <>
          <Button busy={restart.busy} onClick={() => void restart.run([device])}>
            {list('restart')}
          </Button>
          <Button
            onClick={() => {
              asks.value = true;
            }}
          >
            {list('disconnect')}
          </Button>
        </>
      )}
      {asks.value && (
        <BulkDialog
          title={list.count('disconnectTitle', 1)}
          text={list('disconnectText')}
          names={[deviceName ?? deviceId]}
          option={list('alsoLogOut')}
          confirm={list('disconnect')}
          run={(logout) => disconnectDevices([device], { logout })}
          onClose={() => {
            asks.value = false;
          }}
        />
      )}
    </>
  );
}
