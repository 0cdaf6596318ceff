import { render } from 'preact';
import './styles/tokens.css';
import './styles/base.css';
import './lib/theme.ts';
import { App } from './shell/app.tsx';

const root = document.getElementById('app');
if (root) render(<App />, root);
