import { Select } from '../components/select.tsx';
import { locale, setLocale } from '../lib/i18n.ts';
import type { Locale } from '../lib/texts.ts';
import { setTheme, type Theme, theme } from '../lib/theme.ts';
import { t } from './texts.ts';

/** Each language in its own words: whoever cannot read the page finds theirs. */
const LANGUAGES: readonly { value: Locale; label: string }[] = [
  { value: 'en', label: 'English' },
  { value: 'id', label: 'Bahasa Indonesia' },
];

export function LanguageChoice() {
  return <Select label={t('language')} options={LANGUAGES} value={locale.value} onValue={setLocale} />;
}

export function ThemeChoice() {
  const options: { value: Theme; label: string }[] = [
    { value: 'system', label: t('theme.system') },
    { value: 'light', label: t('theme.light') },
    { value: 'dark', label: t('theme.dark') },
  ];
  return <Select label={t('theme')} options={options} value={theme.value} onValue={setTheme} />;
}
