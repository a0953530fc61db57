// Small bars; a table with the same numbers always stands beside them.

const WIDTH = 6;
const HEIGHT = 28;

export function Bars({ label, values }: { label: string; values: number[] }) {
  const most = Math.max(1, ...values);
  return (
    <svg role="img" aria-label={label} width={values.length * WIDTH} height={HEIGHT} className="bars">
      {values.map((value, i) => {
        const height = value === 0 ? 1 : Math.max(2, (value / most) * HEIGHT);
        return <rect key={i} x={i * WIDTH} y={HEIGHT - height} width={WIDTH - 1} height={height} />;
      })}
    </svg>
  );
}
