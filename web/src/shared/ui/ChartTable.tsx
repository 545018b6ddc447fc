/** The numbers of a chart. */
import { Table } from "@mantine/core";
import classes from "./Chart.module.css";

interface ChartTableProps {
  title: string;
  head: string[];
  rows: string[][];
}

export function ChartTable({ head, rows, title }: ChartTableProps) {
  return (
    // With the keyboard it can only be scrolled if it has the focus.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={classes.table} role="group" aria-label={title} tabIndex={0}>
      <Table stickyHeader verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            {head.map((name, index) => (
              <Table.Th key={name} scope="col" ta={index === 0 ? "left" : "right"}>
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(([first, ...rest], row) => (
            <Table.Tr key={`${first} ${row}`}>
              <Table.Th scope="row" fw={400}>
                {first}
              </Table.Th>
              {rest.map((value, index) => (
                <Table.Td key={head[index + 1]} ta="right">
                  {value}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
