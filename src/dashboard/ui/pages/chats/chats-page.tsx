import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { DeviceSelect } from '../../components/device-select.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page } from '../../components/page.tsx';
import { deviceById, devices } from '../../lib/device-store.ts';
import { replaceQuery } from '../../lib/place.ts';
import type { PageProps } from '../page-props.ts';
import { ChatList } from './chat-list.tsx';
import { ConversationPane } from './conversation-pane.tsx';
import { Finder, type Search } from './finder.tsx';
import { FoundMessages } from './found-messages.tsx';
import type { Subjects } from './names.ts';
import { t } from './texts.ts';
import { useSubjects } from './use-subjects.ts';
import './chats.css';

/** What was said in the chats of a device, live, and what can be answered there. */
export function ChatsPage({ query }: PageProps) {
  const { device: deviceId = '', chat = '', at = '', message = '' } = query;
  // Once a device: WhatsApp itself is asked.
  const subjects = useSubjects(deviceId);
  const only = devices.value.length === 1 ? devices.value[0]?.deviceId : undefined;
  useEffect(() => {
    // With one device there is nothing to choose.
    if (deviceId === '' && only !== undefined) replaceQuery({ device: only });
  }, [deviceId, only]);
  return (
    <Page title={t('title')}>
      <div class={`chats ${chat === '' ? '' : 'chats-in'}`}>
        <div class="chats-side">
          <DeviceSelect value={deviceId} onValue={(next) => replaceQuery({ device: next })} />
          {deviceId !== '' && <Side key={deviceId} deviceId={deviceId} chat={chat} subjects={subjects} />}
        </div>
        <Main deviceId={deviceId} chat={chat} at={at} messageId={message} subjects={subjects} />
      </div>
    </Page>
  );
}

interface SideProps {
  deviceId: string;
  chat: string;
  subjects: Subjects;
}

function Side({ deviceId, chat, subjects }: SideProps) {
  const search = useSignal<Search>({ what: 'chats', text: '' });
  return (
    <>
      <Finder
        search={search.value}
        onSearch={(next) => {
          search.value = next;
        }}
      />
      {search.value.what === 'messages' ? (
        <FoundMessages deviceId={deviceId} text={search.value.text} subjects={subjects} />
      ) : (
        <ChatList deviceId={deviceId} text={search.value.text} active={chat} subjects={subjects} />
      )}
    </>
  );
}

interface MainProps {
  deviceId: string;
  chat: string;
  at: string;
  messageId: string;
  subjects: Subjects;
}

function Main({ deviceId, chat, at, messageId, subjects }: MainProps) {
  if (deviceId === '') {
    return (
      <div class="chats-main chats-nothing">
        <EmptyState icon="phone" title={t('chooseDevice')}>
          {t('chooseDeviceText')}
        </EmptyState>
      </div>
    );
  }
  if (chat === '') {
    return (
      <div class="chats-main chats-nothing">
        <EmptyState icon="chat" title={t('chooseChat')}>
          {t('chooseChatText')}
        </EmptyState>
      </div>
    );
  }
  return (
    <ConversationPane
      key={`${deviceId} ${chat} ${at} ${messageId}`}
      deviceId={deviceId}
      chat={chat}
      at={at}
      messageId={messageId}
      subjects={subjects}
      isConnected={deviceById(deviceId)?.isConnected ?? false}
    />
  );
}
